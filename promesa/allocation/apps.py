from django.apps import AppConfig

from promesa.allocation import labels as labels
from promesa.allocation import labels_best as labels_best
from promesa.allocation import labels_desk as labels_desk
from promesa.allocation import labels_letters as labels_letters
from promesa.allocation import labels_plans as labels_plans
from promesa.allocation import labels_sharing as labels_sharing
from promesa.allocation import labels_supply as labels_supply


class AllocationConfig(AppConfig):
    name = "promesa.allocation"
    label = "allocation"
    default_auto_field = "django.db.models.BigAutoField"
