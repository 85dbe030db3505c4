"""Searches on a local Ray of two workers, which take a minute to start and to end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray", reason='the extra "ray"')

# A process of its own: Ray starts servers and threads that end with it.
PROGRAM = """
import ray
from ray.util.joblib import register_ray

from test_distributed import require_the_same_there

ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
register_ray()
require_the_same_there("ray")
ray.shutdown()
"""


def test_searches_run_on_ray():
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = os.environ | {"PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
