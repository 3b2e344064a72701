/** `PATCH /admin/identities`: many new identities in one request. */
import { type Answer, type Exchange, json, problem } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import {
  type IdentityImport,
  importIdentity,
  requireKnownHash,
  stateOf,
} from '../identities/import-identity.js'
import { asList, asObject } from '../schema/fields.js'
import type { Identity, JsonObject } from '../store/model.js'
import { readStrict } from './body.js'
import { asProblem, insertUnique } from './identities.js'
import { BATCH_BODY } from './identity-body.js'

const MAX_IDENTITIES = 1000
const MAX_PLAIN_PASSWORDS = 200

/** What became of one of them. */
type Outcome = { identity: Identity } | { problem: Problem }

export async function batchPatchIdentities(x: Exchange): Promise<Answer> {
  let patches: Patch[]
  try {
    patches = readBatch(readStrict(x, BATCH_BODY))
  } catch (error) {
    if (!(error instanceof Problem) || error.init.reason !== undefined) throw error
    // Kratos does not make an API error of its decoder's: it says 500 in a 400.
    return problem(new Problem(500, { message: error.message }), 400)
  }
  const outcomes: (Outcome | undefined)[] = []
  for (const { create } of patches) {
    outcomes.push(create ? await attempt(() => importIdentity(x.core, create as IdentityImport)) : undefined)
  }
  const valid = outcomes.filter(outcome => outcome !== undefined && 'identity' in outcome)
  for (const [i, outcome] of outcomes.entries()) {
    if (!outcome || 'problem' in outcome) continue
    const stored = await attempt(async () => {
      insertUnique(x.core, outcome.identity)
      return outcome.identity
    })
    // Kratos: a single one that cannot be stored fails the request.
    if ('problem' in stored && valid.length === 1) throw stored.problem
    outcomes[i] = stored
  }
  return json(200, { identities: outcomes.map((outcome, i) => outcome && outcomeJson(outcome, patches[i]!)) })
}

interface Patch {
  create: JsonObject | undefined
  patchId: string | undefined
}

function readBatch(body: JsonObject): Patch[] {
  const patches = asList(body['identities']).map(asObject)
  if (patches.length > MAX_IDENTITIES) {
    throw badRequest(
      `The maximum number of identities per request that can be created or deleted at once is ${MAX_IDENTITIES}.`,
    )
  }
  const bodies = patches.map(({ create }) => (create ? asObject(create) : undefined))
  for (const body of bodies) requireReadable((body ?? {}) as IdentityImport)
  if (bodies.filter(hasPlainPassword).length > MAX_PLAIN_PASSWORDS) {
    throw badRequest(
      `The maximum number of identities per request that can be created with a plaintext password is ${MAX_PLAIN_PASSWORDS}.`,
    )
  }
  return patches.map(({ patch_id: id }, i) => ({
    create: bodies[i],
    patchId: typeof id === 'string' ? id : undefined,
  }))
}

/** What cannot even be read fails the whole request; what does not fit the schema only fails itself. */
function requireReadable({ state, credentials }: IdentityImport): void {
  if (state) stateOf(state)
  if (credentials?.password) requireKnownHash(credentials.password.config ?? {})
}

function hasPlainPassword(body: JsonObject | undefined): boolean {
  const password = asObject(asObject(body?.['credentials'])['password'])
  return Boolean(asObject(password['config'])['password'])
}

async function attempt(make: () => Promise<Identity>): Promise<Outcome> {
  try {
    return { identity: await make() }
  } catch (error) {
    const problem = asProblem(error)
    if (problem instanceof Problem) return { problem }
    throw error
  }
}

function outcomeJson(outcome: Outcome, { patchId }: Patch): JsonObject {
  const failed = 'problem' in outcome
  return {
    action: failed ? 'error' : 'create',
    ...(!failed && { identity: outcome.identity.id }),
    ...(patchId !== undefined && { patch_id: patchId }),
    ...(failed && { error: outcome.problem.error() }),
  }
}
