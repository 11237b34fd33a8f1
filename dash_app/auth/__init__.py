"""Who asks, and what they may do: headers, cookies and tokens -> an identity with a role, or a refusal."""
