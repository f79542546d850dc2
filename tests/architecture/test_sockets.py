"""The tests reach nothing but this machine."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as made, pytest.raises(SocketConnectBlockedError):
        made.connect(("192.0.2.1", 80))


def test_a_test_can_reach_a_server_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as made:
        made.connect(server.getsockname())
        assert made.getpeername() == server.getsockname()
