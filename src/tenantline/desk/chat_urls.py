"""The addresses of inbox and chat."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import chat, chat_acts, files, inbox, unknown

urlpatterns: list[URLPattern] = [
    path("inbox/", inbox.page, name="inbox"),
    path("inbox/rows/", inbox.rows, name="inbox_rows"),
    path("chat/<int:conversation_id>/", chat.page, name="chat"),
    path("chat/<int:conversation_id>/texts/", chat.texts, name="chat_texts"),
    path("chat/<int:conversation_id>/composer/", chat.composer, name="chat_composer"),
    path("chat/<int:conversation_id>/find/", chat.find, name="chat_find"),
    path("chat/<int:conversation_id>/read/", chat_acts.read, name="chat_read"),
    path("chat/<int:conversation_id>/unread/", chat_acts.unread, name="chat_unread"),
    path("chat/<int:conversation_id>/assign/", chat_acts.assign, name="chat_assign"),
    path("chat/<int:conversation_id>/link/", chat_acts.link, name="chat_link"),
    path(
        "chat/<int:conversation_id>/texts/<int:text_id>/decide/",
        unknown.decide,
        name="chat_decide",
    ),
    path("chat/<int:conversation_id>/unclear/", chat_acts.unclear, name="chat_unclear"),
    path("tenants/<int:tenant_id>/chat/", chat.tenant_page, name="chat_tenant"),
    path("tenants/<int:tenant_id>/chat/send/", chat_acts.send, name="chat_send"),
    path("tenants/<int:tenant_id>/chat/opt-in/", chat_acts.opt_in, name="chat_opt_in"),
    path("files/<int:file_id>/", files.one, name="file"),
    path("files/<int:file_id>/again/", files.again, name="file_again"),
]
