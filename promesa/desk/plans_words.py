"""The sentences of plans: what a scenario does, measures, events."""

from promesa.core import words

words.register(
    {
        # Rules: the word, and what it does
        "plan_rule_proportional": ("A partes proporcionales", "In proportion"),
        "plan_rule_max_min": ("A partes iguales", "In equal parts"),
        "plan_rule_weighted_max_min": ("Según el peso de cada uno", "By everybody's weight"),
        "plan_rule_equal_losses": ("Que todos pierdan lo mismo", "Equal losses"),
        "plan_rule_priority": ("Por prioridad", "By priority"),
        "plan_rule_days_of_supply": ("Que a todos les dure los mismos días", "Equal days of supply"),
        "plan_rule_best": ("La mejor combinación (optimización)", "The best combination (optimisation)"),
        "plan_does_proportional": (
            "Reparte en proporción a lo que pide cada uno.",
            "It shares in proportion to what everybody asks.",
        ),
        "plan_does_max_min": (
            "Reparte a partes iguales; nadie recibe más de lo que pide.",
            "It shares in equal parts; nobody gets more than they ask.",
        ),
        "plan_does_weighted_max_min": ("Reparte según el peso de cada uno.", "It shares by everybody's weight."),
        "plan_does_equal_losses": ("A todos les falta la misma cantidad.", "Everybody lacks the same quantity."),
        "plan_does_priority": (
            "Sirve por prioridad: a uno del todo y después al siguiente.",
            "It serves by priority: one wholly, then the next.",
        ),
        "plan_does_days_of_supply": (
            "Reparte para que a todos les dure los mismos días.",
            "It shares so that it lasts everybody the same days.",
        ),
        "plan_does_best": (
            "Busca la combinación que mejor cumple los objetivos, uno tras otro.",
            "It looks for the combination that serves the objectives best, one after the other.",
        ),
        "plan_base_orders": ("Lo que piden sus pedidos", "What their orders ask"),
        "plan_base_quota": (
            "La proporción va por las cuotas escritas, no por los pedidos.",
            "The proportion goes by the quotas written, not by orders.",
        ),
        "plan_base_history": (
            "La proporción va por lo que compraron en {weeks:semana|semanas}, sin pasar de lo que piden.",
            "The proportion goes by what they bought in {weeks:week|weeks}, capped by what they ask.",
        ),
        "plan_turns": ("Primero {order}.", "First {order}."),
        "plan_then": (", después ", ", then "),
        "plan_floor": (
            "{who}: {quantity} garantizadas de {item}.",
            "{who}: {quantity} of {item} guaranteed.",
        ),
        "plan_ceiling": (
            "{who}: como mucho {quantity} de {item}.",
            "{who}: at most {quantity} of {item}.",
        ),
        "plan_melts": ("Baja día a día hasta el final.", "It melts day by day until the end."),
        "plan_all_items": ("todos los artículos", "all items"),
        "plan_everybody": ("todos", "everybody"),
        "plan_all_others": ("Los demás: {strategy}.", "All others: {strategy}."),
        "plan_frozen": (
            "Lo que sale en menos de {days:día|días} no se toca.",
            "What leaves in less than {days:day|days} is not touched.",
        ),
        "plan_tier": ("nivel {tier}", "tier {tier}"),
        "plan_weight": ("peso {weight}", "weight {weight}"),
        "plan_trait_tier": ("nivel {value}", "tier {value}"),
        "plan_trait_region": ("región {value}", "region {value}"),
        "plan_trait_channel": ("canal {value}", "channel {value}"),
        "plan_trait_order": ("pedido {value}", "order {value}"),
        "plan_base_word_orders": ("lo que piden", "what they ask"),
        "plan_base_word_quota": ("sus cuotas", "their quotas"),
        "plan_base_word_history": ("lo que compraban", "what they used to buy"),
        "plan_decay_none": ("no baja", "stays whole"),
        "plan_decay_linear": ("baja cada día", "melts daily"),
        "plan_trait_word_customer": ("cliente", "customer"),
        "plan_trait_word_segment": ("segmento", "segment"),
        "plan_trait_word_tier": ("nivel", "tier"),
        "plan_trait_word_region": ("región", "region"),
        "plan_trait_word_channel": ("canal", "channel"),
        "plan_trait_word_order": ("pedido", "order"),
        "plan_trait_word_several": ("varios a la vez", "several at once"),
        # Strategies: what may happen to what a customer has
        "plan_strategy_guarantee": ("recibe todo lo que pide", "gets all it asks"),
        "plan_strategy_keep_or_better": ("conserva lo que tiene o mejora", "keeps what it has or gets more"),
        "plan_strategy_improve": ("conserva si se puede y puede mejorar", "keeps if possible, may get more"),
        "plan_strategy_share": ("comparte con los demás", "shares with the others"),
        "plan_strategy_spare": ("como mucho, lo que ya tiene", "at most what it has"),
        "plan_strategy_donor": ("cede: recibe lo que sobra", "gives way: gets what is left over"),
        "plan_strategy_untouched": ("no se toca", "is not touched"),
        # Measures
        "plan_m_complete": ("Pedidos completos", "Complete orders"),
        "plan_m_on_time": ("Completos y a tiempo", "Complete and on time"),
        "plan_m_fill": ("Servido de lo pedido", "Served of what is asked"),
        "plan_m_worst": ("Cliente peor servido", "Worst served customer"),
        "plan_m_fair": ("Equidad, de 0 a 1", "Fairness, 0 to 1"),
        "plan_m_money": ("Venta que se sirve", "Sales served"),
        "plan_m_fall": ("Promesas que bajan", "Promises that fall"),
        "plan_m_fall_cost": ("Venta prometida que cae", "Promised sales that fall"),
        "plan_m_penalty": ("Penalización", "Penalties"),
        "plan_m_moved": ("Unidades que cambian de dueño", "Units that change hands"),
        "plan_of": ("{part} de {whole}", "{part} of {whole}"),
        "plan_completes": ("{letter} completa {orders:pedido|pedidos}", "{letter} completes {orders:order|orders}"),
        "plan_none": ("ninguno", "none"),
        "plan_today": ("hoy", "today"),
        "plan_not_worked_out": ("Todavía sin calcular", "Not worked out yet"),
        "plan_first_come": ("Por orden de llegada.", "First come, first served."),
        # What happened
        "told_PlanOpened": ("Se abrió el plan, {items:artículo|artículos}", "The plan was opened, {items:item|items}"),
        "told_ScenarioSaved": ("Se guardó el escenario {letter}", "Scenario {letter} was saved"),
        "told_PlanProposed": ("Se propuso {letter}", "{letter} was proposed"),
        "told_PlanSigned": ("{side} firmó {letter}", "{side} signed {letter}"),
        "told_RunMade": ("Se calculó {letter}: {lines:línea|líneas}", "{letter} was worked out: {lines:line|lines}"),
        "told_PartRefused": (
            "Una parte no se publicó: algo había cambiado",
            "A part was not published: something had changed",
        ),
        "told_PlanPublished": (
            "Se publicó: {notices:cliente avisado|clientes avisados}",
            "It was published: {notices:customer told|customers told}",
        ),
        "told_NoticeAnswered": (
            "Un cliente contestó: {lines:línea|líneas}",
            "A customer answered: {lines:line|lines}",
        ),
        "told_ShareMoved": (
            "Se movió mercancía a última hora: {quantity}",
            "Goods were moved at the last minute: {quantity}",
        ),
        "told_PlanClosed": ("Se cerró el plan", "The plan was closed"),
    }
)
