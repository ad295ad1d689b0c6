"""Who is signed in: found with every request, so by two statements that are prepared."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.utils import timezone

from gtcrowd.identity.models import User
from gtcrowd.platform import sql

SESSION = "SELECT session_data, expire_date FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s"
FIELDS = tuple(field.attname for field in User._meta.concrete_fields)
USER = f"SELECT {', '.join(FIELDS)} FROM identity_user WHERE id = %(user)s"  # noqa: S608


class SessionStore(db.SessionStore):
    """Sessions in the database, as Django keeps them."""

    def _get_session_from_db(self) -> Any:
        for data, expires in sql.rows(SESSION, key=self.session_key, now=timezone.now()):
            return self.model(session_key=str(self.session_key), session_data=data, expire_date=expires)
        self._session_key = None
        return None

    @classmethod
    def get_model_class(cls) -> Any:
        return db.SessionStore.get_model_class()


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Sign-in by e-mail and password."""

    def get_user(self, user_id: int) -> User | None:
        for row in sql.rows(USER, user=int(user_id)):
            user = User.from_db("default", FIELDS, row)
            return user if self.user_can_authenticate(user) else None
        return None
