"""What the operator looks at.

`state` is the folder that outlives the process. `server` answers /healthz, from `health`, and
/metrics, from `metrics`; both are made of a Status when they are asked for.
"""
