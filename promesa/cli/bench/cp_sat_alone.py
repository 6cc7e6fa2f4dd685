"""CP-SAT on one packing, in an interpreter of its own (its libraries do not agree with ours): JSON in, JSON out.

Not part of the product: `promesa bench best` starts it with the interpreter that `make rivals` prepares.
"""

import json
import sys
import time

from ortools.sat.python import cp_model


def main() -> None:
    """Maximise the weight of orders taken whole out of a supply; prints the orders taken, the bound and the seconds."""
    given = json.load(sys.stdin)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in given["weight"]]
    rows: list[list[tuple[int, int]]] = [[] for _ in given["supply"]]
    for order, (begin, end) in enumerate(zip(given["begin"], given["begin"][1:], strict=False)):
        for k in range(begin, end):
            rows[given["item"][k]].append((order, given["quantity"][k]))
    for row, supply in zip(rows, given["supply"], strict=True):
        model.add(cp_model.LinearExpr.weighted_sum([taken[o] for o, _ in row], [q for _, q in row]) <= supply)
    model.maximize(cp_model.LinearExpr.weighted_sum(taken, given["weight"]))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = given["seconds"]
    solver.parameters.num_workers = given["workers"]
    began = time.perf_counter()
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    chosen = [o for o, one in enumerate(taken) if found and solver.value(one)]
    spent = time.perf_counter() - began
    json.dump({"taken": chosen, "bound": int(solver.best_objective_bound), "seconds": spent}, sys.stdout)


if __name__ == "__main__":
    main()
