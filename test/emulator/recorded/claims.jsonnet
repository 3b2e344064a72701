// Shows all that a mapper is told.
local claims = std.extVar('claims');
local shown(object) = { [name]: object[name] for name in std.objectFields(object) if !std.member(['iat', 'exp', 'nbf', 'nonce', 'raw_claims'], name) };
{
  identity: {
    traits: { [if 'email' in claims then 'email']: claims.email, name: { [if 'given_name' in claims then 'first']: claims.given_name, [if 'family_name' in claims then 'last']: claims.family_name } },
    metadata_public: { claims: shown(claims), [if 'raw_claims' in claims then 'raw']: shown(claims.raw_claims) },
    metadata_admin: { from: claims.iss },
    verified_addresses: if 'email_verified' in claims then [{ via: 'email', value: claims.email }] else [],
  },
}
