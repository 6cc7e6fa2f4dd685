"""The demo's own words."""

from promesa.core import words

words.register(
    {
        "customer_asked_to_wait": (
            "El cliente pide que no salga hasta que confirme la fecha.",
            "The customer asks not to send it before they confirm the date.",
        ),
        "other_company_here": (
            "Esta base de datos ya tiene datos de otra empresa: indique otra carpeta con PROMESA_HOME.",
            "This database holds another company already: name another folder with PROMESA_HOME.",
        ),
    }
)
