"""The ground the tests stand on holds: a closed network, databases of one's own, a browser."""

import socket
import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections

from tests.support import network


def test_the_network_is_closed():
    with socket.socket() as out, pytest.raises(network.NetworkIsClosedError):
        out.connect(("192.0.2.1", 80))
    assert network.take_attempts() == ["socket.connect 192.0.2.1:80"]


def test_names_are_not_looked_up():
    with pytest.raises(network.NetworkIsClosedError):
        socket.getaddrinfo("example.com", 443)
    assert network.take_attempts() == ["socket.getaddrinfo example.com:443"]


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_fresh_database_has_the_tables_and_nothing_of_the_test_before(fresh_database, turn):
    assert not ContentType.objects.filter(app_label="committed").exists()
    ContentType.objects.create(app_label="committed", model=turn)


def test_other_threads_see_the_fresh_database(fresh_database):
    ContentType.objects.create(app_label="committed", model="here")
    seen = []

    def look():
        seen.append(ContentType.objects.filter(app_label="committed").count())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


@pytest.mark.browser
def test_a_browser_test_can_use_a_fresh_database(page, fresh_database):
    ContentType.objects.create(app_label="committed", model="browser")
    page.set_content("<h1>Good morning</h1>")
    assert page.inner_text("h1") == "Good morning"
