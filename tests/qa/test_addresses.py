import pytest

from qa.addresses import is_loopback, server_address


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("localhost:8080", "http://localhost:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("https://models.example", "https://models.example:11434"),
    ],
)
def test_an_address_is_written_in_one_way(given: str, address: str) -> None:
    """However people give it to Ollama's own variable."""
    assert server_address(given) == address


@pytest.mark.parametrize("given", ["127.0.0.1:port", "http://[::1", "host:99999999"])
def test_what_is_no_address_is_refused(given: str) -> None:
    """As a value that is wrong."""
    with pytest.raises(ValueError, match=r".+"):
        server_address(given)


@pytest.mark.parametrize(
    ("given", "loopback"),
    [
        ("localhost", True),
        ("127.8.9.1:80", True),
        ("[::1]", True),
        ("192.0.2.7", False),
        ("http://127.0.0.1@models.example", False),
        ("127.0.0.1.models.example", False),
        ("2130706433", False),
    ],
)
def test_only_this_machine_is_loopback(given: str, loopback: bool) -> None:
    """A foreign name is not taken for it, whatever it begins with."""
    assert is_loopback(server_address(given)) is loopback
