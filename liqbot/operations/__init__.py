"""What the operator looks at: health, metrics, the state folder."""
