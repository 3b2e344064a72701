import type { Core } from '../core.js'
import { badRequest } from '../http/kratos-errors.js'
import type { Method } from './method.js'
import { allMethods } from './registry.js'

/** The one method that recovery or verification is set to use. */
export function methodInUse<Kind extends 'recovery' | 'verification'>(
  core: Core,
  kind: Kind,
): NonNullable<Method[Kind]> {
  const { use } = core.config.selfservice.flows[kind]
  const method = allMethods().find(m => m.id === use && m.enabled(core))?.[kind]
  if (method) return method
  throw badRequest(
    `You attempted ${kind} using ${use}, which is not enabled or does not exist. An administrator needs to enable this ${kind} method.`,
  )
}
