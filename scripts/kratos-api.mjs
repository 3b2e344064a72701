// Kratos' public and admin API as Ory describes it: the addresses and types of its client, made of its specification.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  CourierApiAxiosParamCreator,
  FrontendApiAxiosParamCreator,
  IdentityApiAxiosParamCreator,
  MetadataApiAxiosParamCreator,
} from '@ory/kratos-client'

export const TYPES = createRequire(import.meta.url)
  .resolve('@ory/kratos-client')
  .replace(/index\.js$/, 'api.d.ts')

const PARTS = [
  FrontendApiAxiosParamCreator,
  IdentityApiAxiosParamCreator,
  CourierApiAxiosParamCreator,
  MetadataApiAxiosParamCreator,
]
const DECLARED = /^ {4}(\w+)\(.*Promise<import\("axios"\)\.AxiosResponse<(.*), any/gm

async function read() {
  const types = new Map([...readFileSync(TYPES, 'utf8').matchAll(DECLARED)].map(([, id, type]) => [id, type]))
  const found = []
  for (const part of PARTS)
    for (const [id, describe] of Object.entries(part())) {
      const { url, options } = await describe(...namesOf(describe))
      const path = decodeURI(url).replace(/\?.*/, '')
      found.push({ id, method: options.method, path, type: types.get(id) })
    }
  return found
}

/** `{id}` for a parameter of that name: the client puts it where a value would be. */
function namesOf(describe) {
  const [, names] = /\(([^)]*)\)/.exec(describe.toString())
  return names.split(',').map(name => `{${name.trim().replace(/_\d+$/, '')}}`)
}

export const OPERATIONS = await read()
