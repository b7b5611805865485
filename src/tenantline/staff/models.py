from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import UserManager
from django.db import models


class Role(models.TextChoices):
    """What a person or token may do; see ``rules.may``."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    CLERK = "clerk", "Clerk"


class Staff(AbstractBaseUser):
    """A person who signs in. One who leaves is deactivated, never deleted."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    theme = models.CharField(max_length=6, default="system")
    slash_key = models.CharField(
        max_length=3, default="on"
    )  # whether it goes to the search: on, off
    widgets = models.JSONField(null=True)  # names in order; null: the default board

    USERNAME_FIELD = "username"
    objects = UserManager["Staff"]()

    def __str__(self) -> str:
        return self.username


class Token(models.Model):
    """An API token. Only its hash is kept; it is shown once, when made."""

    name = models.CharField(max_length=120)
    role = models.CharField(max_length=8, choices=Role)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)  # by its requests so far; see pace.py
    revoked_at = models.DateTimeField(null=True)
