"""Sharings worked out past this machine, in words: what is wrong with an address, who does not answer, what was lost."""

from promesa.core import words

words.register(
    {
        "engine_address_wrong": (
            "«{received}» no es la dirección de un clúster: se espera tcp://equipo:8786 (Dask) o ray://equipo:10001.",
            "“{received}” is not the address of a cluster: tcp://host:8786 (Dask) or ray://host:10001 is wanted.",
        ),
        "engine_missing": (
            "Para trabajar en {address} falta el paquete {package}. Instálelo con pip install {install}.",
            "To work at {address} the package {package} is missing. Install it with pip install {install}.",
        ),
        "engine_unreachable": (
            "Nadie contesta en {address} en {seconds} segundos. No se ha escrito nada. ¿Está el clúster en marcha?",
            "Nobody answers at {address} within {seconds} seconds. Nothing was written. Is the cluster running?",
        ),
        "engine_idle": (
            "El clúster de {address} no tiene a nadie que trabaje. No se ha escrito nada. Arranque allí un proceso de trabajo.",
            "The cluster at {address} has nobody to work. Nothing was written. Start a worker there.",
        ),
        "engine_lost": (
            "Se ha perdido el clúster de {address} a medio reparto. No se ha escrito nada. Repita, o hágalo sin --engine.",
            "The cluster at {address} was lost in the midst of the sharing. Nothing was written. Try again, or without --engine.",
        ),
        "engine_failed": (
            "El clúster de {address} no ha podido con el reparto ({error}). No se ha escrito nada. ¿Tiene Promesa {version}?",
            "The cluster at {address} could not do the sharing ({error}). Nothing was written. Does it have Promesa {version}?",
        ),
        "engine_other_version": (
            "El clúster de {address} tiene Promesa {theirs} y aquí está la {version}. No se ha escrito nada. Póngale la misma.",
            "The cluster at {address} has Promesa {theirs}, and here it is {version}. Nothing was written. Give it the same.",
        ),
    }
)
