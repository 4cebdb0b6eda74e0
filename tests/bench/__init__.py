"""Speed and cost, measured side by side with what others do: ``python -m tests.bench``."""
