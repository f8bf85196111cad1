"""`python -m gamesched.local run | reset | manage … | deploy-check | messages | audit`.

See the Makefile.
"""

import sys

from gamesched.local.audit import audit
from gamesched.local.catalogue import update_catalogues
from gamesched.local.deploy import check_deploy
from gamesched.local.errors import LocalError
from gamesched.local.manage import manage
from gamesched.local.run import run


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["run"]:
                return run()
            case ["reset"]:
                return run(is_fresh=True)
            case ["manage", *rest]:
                return manage(rest)
            case ["deploy-check"]:
                return check_deploy()
            case ["audit", *rest]:
                return audit(must_ask="--must-ask" in rest)
            case ["messages"]:
                return update_catalogues()
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
