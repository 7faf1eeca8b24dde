"""Links from both ends: staff who make them, and recipients with browsers of their own."""

import datetime
import json

import requests

PASSWORD = "orbit-walnut-granite-71"
PEOPLE = {"administrator": "ada", "radiologist": "rita"}


class Caller:
    """A browser. `cookies` is every value that was ever put into it."""

    def __init__(self, house, agent):
        self.house = house
        self.http = requests.Session()
        self.http.headers.update({"X-Lightcase": "1", "User-Agent": agent})
        self.cookies = set()

    def ask(self, method, path, expected=200, **options):
        """`expected` None takes any answer."""
        ready = json.loads((self.house.data / "ready.json").read_text())
        answer = self.http.request(method, f"http://{ready['http']}{path}", timeout=60, **options)
        fits = expected in (None, answer.status_code)
        assert fits, (method, path, answer.status_code, answer.content[:500])
        self.cookies.update(value for value in answer.cookies.values() if value)
        return answer


class Staff(Caller):
    """The radiologist of a server that nobody had set up, signed in."""

    def __init__(self, house, agent="A browser of the house"):
        super().__init__(house, agent)
        token = (house.data / "setup-link").read_text().strip().split("/setup#")[1]
        people = {role: {"name": name, "password": PASSWORD} for role, name in PEOPLE.items()}
        self.ask("POST", "/api/v1/setup", 201, json={"token": token, **people})
        self.ask("POST", "/api/v1/session", json=people["radiologist"])

    def share(self, studies, expected=201, **other):
        """Makes links; what is told of them, this once."""
        expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7)
        wish = {
            "studies": studies,
            "series": None,
            "recipients": [{"name": "Dr. A. Roe", "email": None}],
            "may": "view",
            "expires": expires.isoformat(timespec="seconds"),
            "maxUses": 5,
            "factors": ["passcode"],
            "purpose": "treatment",
            **other,
        }
        return self.ask("POST", "/api/v1/shares", expected, json=wish).json()

    def detail(self, made):
        return self.ask("GET", f"/api/v1/shares/{made['share']['id']}").json()


class Recipient(Caller):
    """Somebody with a link."""

    def __init__(self, house, url, agent="A browser of a practice"):
        super().__init__(house, agent)
        version, self.share, self.secret = url.split("/s#")[1].split(".")
        assert version == "v1"
        self.root = self.notice = None

    def prove(self, expected=200, **proofs):
        """One try, somebody having clicked: the next factor, or a session."""
        body = {"share": self.share, "secret": self.secret, "accept": True, **proofs}
        answer = self.ask("POST", "/s/session", expected, json=body).json()
        if "handle" in answer:
            self.root = f"/s/{answer['handle']}"
            self.notice = answer["shown"]["notice"]
        return answer

    def accept(self):
        """Reads the notice and accepts it; what is shown then."""
        notice = {"hash": self.notice["hash"]}
        return self.ask("POST", f"{self.root}/notice", 200, json=notice).json()

    def get(self, rest, expected=200, **options):
        return self.ask("GET", f"{self.root}/{rest}", expected, **options)
