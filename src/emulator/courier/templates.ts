/**
 * Templates of the configuration: `courier.templates`, which name one each, before the files below
 * `courier.template_override_path`. What does not parse is a line at the start and fails when it is sent, as in Kratos.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Template, TemplateError, Value } from '../../gotemplate/index.js'
import type { TextDocument } from '../config/document.js'
import { placesOf, shown } from '../config/files.js'
import { get } from '../config/paths.js'
import { type Opened, openResource, type Resource } from '../snippets/resource.js'
import type { JsonObject } from '../store/model.js'
import type { TemplateType } from './template-type.js'

export type Part = 'subject' | 'plain' | 'html' | 'sms'

export interface CourierTemplate {
  /** What it is called in messages. */
  readonly name: string
  /** @throws with a line for the log: it cannot be had, or it fails */
  render(data: Value): string
}

/** By {@link keyOf}; what is not there is built in. */
export type CourierTemplates = ReadonlyMap<string, CourierTemplate>
export const keyOf = (type: TemplateType, part: Part): string => `${type} ${part}`

export interface LoadedTemplates {
  readonly templates: CourierTemplates
  /** The files that were read; absolute. */
  readonly files: readonly string[]
  readonly remarks: readonly string[]
}

const TYPES = [
  ...['recovery', 'recovery_code', 'verification', 'verification_code'].flatMap(name => [
    `${name}_valid`,
    `${name}_invalid`,
  ]),
  'login_code_valid',
  'registration_code_valid',
] as TemplateType[]

/** Where a part is in a configuration, and in a folder: the file, and what the names of those begin with that it can name. */
const PARTS: Record<Part, { key: string; file: string; beside: string }> = {
  subject: { key: 'email.subject', file: 'email.subject.gotmpl', beside: 'email.subject' },
  plain: { key: 'email.body.plaintext', file: 'email.body.plaintext.gotmpl', beside: 'email.body.plaintext' },
  html: { key: 'email.body.html', file: 'email.body.gotmpl', beside: 'email.body' },
  sms: { key: 'sms.body.plaintext', file: 'sms.body.gotmpl', beside: 'sms.body' },
}

/** `recovery_code_valid` is `recovery_code` and `valid`. */
const pathOf = (type: TemplateType): [string, string] => {
  const at = type.lastIndexOf('_')
  return [type.slice(0, at), type.slice(at + 1)]
}

const NONE: LoadedTemplates = { templates: new Map(), files: [], remarks: [] }

/** @throws {OryProxyError} about an address that can mean nothing */
export async function loadTemplates(raw: JsonObject, document: TextDocument): Promise<LoadedTemplates> {
  const courier = get(raw, ['courier']) as JsonObject | undefined
  const override = courier?.['template_override_path']
  const named = addressesIn(raw)
  if (named.length === 0 && typeof override !== 'string') return NONE
  const found: LoadedTemplates[] = []
  if (typeof override === 'string') found.push(await fromFolder(override, document))
  for (const one of named) found.push(await fromAddress(one, document))
  return {
    templates: new Map(found.flatMap(({ templates }) => [...templates])),
    files: found.flatMap(({ files }) => files),
    remarks: found.flatMap(({ remarks }) => remarks),
  }
}

interface Named {
  key: string
  part: Part
  address: string
  path: string[]
}

function addressesIn(raw: JsonObject): Named[] {
  return TYPES.flatMap(type =>
    (Object.keys(PARTS) as Part[]).flatMap(part => {
      const path = ['courier', 'templates', ...pathOf(type), ...PARTS[part].key.split('.')]
      const address = get(raw, path)
      return typeof address === 'string' && address !== ''
        ? [{ key: keyOf(type, part), part, address, path }]
        : []
    }),
  )
}

async function fromAddress(
  { key, part, address, path }: Named,
  document: TextDocument,
): Promise<LoadedTemplates> {
  const opened = await openResource(address, path, document)
  const { resource } = opened
  const { template, remark } =
    resource.text === undefined
      ? { template: await fetched(resource, part), remark: undefined }
      : await made(resource.name, resource.name, new Map([[resource.name, resource.text]]), part)
  return { templates: new Map([[key, template]]), ...origin(opened, remark) }
}

const origin = ({ file, remark }: Opened, failure: string | undefined) => ({
  files: file === undefined ? [] : [file],
  remarks: [remark, failure].filter(one => one !== undefined),
})

async function made(
  name: string,
  main: string,
  texts: ReadonlyMap<string, string>,
  part: Part,
): Promise<{ template: CourierTemplate; remark?: string }> {
  // Loaded when there is something to render: most configurations have nothing.
  const { load, TemplateError } = await import('../../gotemplate/index.js')
  try {
    const template = load(main, texts, part === 'html')
    return { template: { name, render: data => template.render(data) } }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { template: failing(name, error), remark: `${error.message} (what it is for fails, as in Kratos)` }
  }
}

const failing = (name: string, error: TemplateError): CourierTemplate => ({
  name,
  render() {
    throw error
  },
})

/** Of a server of this machine: asked at the start and, while it does not answer, at every mail. */
async function fetched(resource: Resource, part: Part): Promise<CourierTemplate> {
  const { load } = await import('../../gotemplate/index.js')
  const { name } = resource
  let template: Template | undefined
  let failure: unknown = new Error(`${name} has not been read yet`)
  const ask = async (): Promise<void> => {
    try {
      template = load(name, new Map([[name, await resource.read()]]), part === 'html')
    } catch (error) {
      failure = error
    }
  }
  void ask()
  return {
    name,
    render(data) {
      if (template) return template.render(data)
      void ask()
      throw failure
    },
  }
}

/** The folder is where the configuration, or Kratos, would look for a file. */
async function fromFolder(folder: string, document: TextDocument): Promise<LoadedTemplates> {
  const path = ['courier', 'template_override_path']
  const places = placesOf(folder, document.folder(path))
  for (const [i, place] of places.entries()) {
    if (!(await namesIn(place))) continue
    const found = await filesBelow(place)
    const remark =
      i > 0 ? [`${document.at(path)}: ${folder} is not here: ${shown(place)} is read instead`] : []
    return { ...found, remarks: [...remark, ...found.remarks] }
  }
  const line = `${document.at(path)}: there is no folder ${folder}: the built-in templates are used, as in Kratos`
  return { ...NONE, remarks: [line] }
}

const namesIn = (folder: string): Promise<string[] | undefined> => readdir(folder).catch(() => undefined)

async function filesBelow(root: string): Promise<LoadedTemplates> {
  const templates = new Map<string, CourierTemplate>()
  const files: string[] = []
  const remarks: string[] = []
  for (const type of TYPES) {
    const folder = join(root, ...pathOf(type))
    const names = (await namesIn(folder)) ?? []
    for (const [part, { file, beside }] of Object.entries(PARTS) as [Part, (typeof PARTS)[Part]][]) {
      if (!names.includes(file)) continue
      const used = names.filter(name => name.startsWith(beside))
      const texts = await Promise.all(used.map(name => readFile(join(folder, name), 'utf8')))
      const main = shown(join(folder, file))
      // Others are named by their files, messages by their paths.
      const byName = new Map(used.map((name, i) => [name === file ? main : name, texts[i] ?? '']))
      const { template, remark } = await made(main, main, byName, part)
      templates.set(keyOf(type, part), template)
      files.push(...used.map(name => join(folder, name)))
      if (remark !== undefined) remarks.push(remark)
    }
  }
  return { templates, files: [...new Set(files)], remarks }
}
