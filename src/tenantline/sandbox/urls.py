"""Addresses of the demo's handset and mailbox, relative to the root."""

from django.urls import path

from tenantline.sandbox.views import handset, mailbox, story

app_name = "sandbox"

urlpatterns = [
    path("sandbox/", story.page, name="story"),
    path("sandbox/handset/", handset.page, name="handset"),
    path("sandbox/handset/phones/", handset.phone_list, name="phone-list"),
    path("sandbox/handset/screen/", handset.screen, name="screen"),
    path("sandbox/handset/phone/", handset.phone_frame, name="phone"),
    path("sandbox/handset/send/", handset.send, name="send"),
    path("sandbox/handset/give-up/", handset.give_up, name="give-up"),
    path("sandbox/mailbox/", mailbox.page, name="mailbox"),
    path("sandbox/mailbox/rows/", mailbox.rows, name="mail-rows"),
    path("sandbox/mailbox/<int:email_id>/", mailbox.page, name="mail"),
    path("sandbox/mailbox/<int:email_id>/body/", mailbox.body, name="mail-body"),
    path("sandbox/mailbox/<int:email_id>/attachment/", mailbox.attachment, name="mail-attachment"),
]
