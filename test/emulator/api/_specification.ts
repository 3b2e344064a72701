import { Ajv, type ErrorObject, type SchemaObject, type ValidateFunction } from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'
import { type Operation, TYPES } from '../../../scripts/kratos-api.mjs'

/** What an operation may refuse with, besides the flow it was about. */
const REFUSALS = [
  'ErrorGeneric',
  'ErrorFlowReplaced',
  'ErrorBrowserLocationChangeRequired',
  'SelfServiceFlowExpiredError',
  'NeedsPrivilegedSessionError',
  'ErrorAuthenticatorAssuranceLevelNotSatisfied',
]

const PLAIN = ['string', 'object']

/** Ory's description of what the operations answer. */
export class Specification {
  readonly #ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false })
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor() {
    const generator = createGenerator({
      path: TYPES,
      type: '*',
      skipTypeCheck: true,
      topRef: true,
      // A name that the description has not is a mistake as well.
      additionalProperties: false,
    })
    this.#ajv.addSchema(generator.createSchema('*') as SchemaObject, 'kratos')
  }

  /** What is wrong with an answer, each with its place. */
  mistakes({ type, path }: Operation, status: number, body: unknown): string[] {
    if (status < 300) return this.#check(type, body)
    const [, flow] = /^\/self-service\/(login|registration|settings|recovery|verification)$/.exec(path) ?? []
    const types = flow ? [...REFUSALS, `${flow[0]?.toUpperCase()}${flow.slice(1)}Flow`] : REFUSALS
    return types.map(name => this.#check(name, body)).sort((a, b) => a.length - b.length)[0] ?? []
  }

  #check(type: string, body: unknown): string[] {
    if (type === 'void') return body === undefined ? [] : ['a body where none is described']
    const validate = this.#validator(type)
    return validate(body) ? [] : [...new Set((validate.errors ?? []).map(inWords))]
  }

  #validator(type: string): ValidateFunction {
    const known = this.#compiled.get(type)
    if (known) return known
    const [, item] = /^(?:Array<)?(\w+)(?:>|\[\])$/.exec(type) ?? []
    if (PLAIN.includes(type)) return this.#ajv.compile({ type })
    const one = { $ref: `kratos#/definitions/${item ?? type}` }
    const compiled = this.#ajv.compile(item ? { type: 'array', items: one } : one)
    this.#compiled.set(type, compiled)
    return compiled
  }
}

const inWords = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath.replace(/\/\d+/g, '/*')} ${message}${'additionalProperty' in params ? ` (${params['additionalProperty']})` : ''}`
