import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import pc from 'picocolors'
import { OryProxyError } from '../../errors.js'
import { type Fit, fitting } from '../../init/faces.js'
import { type Change, type Plan, planFor } from '../../init/plan.js'
import { type Project, readProject } from '../../init/project.js'

/** Says what fits and shows the change; makes it with `write`. */
export async function runInit(root: string, { write = false }: { write?: boolean }): Promise<void> {
  const project = readProject(root)
  const fit = fitting(project)
  const plan = planFor(project, fit)
  const undo = write ? plan.changes.map(change => undoOf(root, change)) : []
  if (write) for (const change of plan.changes) writeChange(root, change)
  process.stdout.write(`${[fit.why, ...oryLines(project), ...planLines(fit, plan, undo)].join('\n')}\n`)
}

const oryLines = ({ ory }: Project): string[] => {
  if (!ory) return ['Ory is the emulator inside, until you name another (ORY_SDK_URL, ORY_PROJECT).']
  const ours = /^ORY_(SDK_URL|PROJECT)$/.test(ory.name)
  return [
    ours
      ? `Ory is what ${ory.file} names as ${ory.name}.`
      : `${ory.file} names an Ory as ${ory.name}; ory-proxy reads ORY_SDK_URL. Without it, the emulator inside is used.`,
  ]
}

function planLines(fit: Fit, { changes, byHand, already, next }: Plan, undo: readonly string[]): string[] {
  if (fit.face === 'none') return []
  const lines = ['']
  for (const change of changes) lines.push(diffOf(change), '')
  if (byHand) {
    lines.push(
      `${byHand.file} is written in a way that init does not change. Write there:`,
      ...indented(byHand.lines),
      '',
    )
  }
  if (already) lines.push(`${already} has it already: nothing to change.`, '')
  if (changes.length > 0) {
    lines.push(
      undo.length > 0 ? `Written. ${undo.join(' ')}` : 'Nothing is written yet: npx ory-proxy init --write',
      '',
    )
  }
  return [...lines, 'Then:', ...indented(next)]
}

/** The way back, known before anything is written. It must not take along what somebody else had changed. */
function undoOf(root: string, { file, before }: Change): string {
  if (before === '') return `It is new: delete ${file} to undo it.`
  const asks = [
    ['ls-files', '--error-unmatch', '--', file],
    ['diff', '--quiet', '--', file],
  ]
  return asks.every(args => spawnSync('git', args, { cwd: root }).status === 0)
    ? `Undo it with: git checkout -- ${file}`
    : `Undo it by hand, by the lines above: git does not have ${file} as it was.`
}

const indented = (lines: readonly string[]): string[] => lines.map(line => `  ${line}`)

/** As git shows it, in colours where the terminal has them. */
function diffOf({ file, before, after }: Change): string {
  const [, , ...patch] = createTwoFilesPatch(file, file, before, after, undefined, undefined, { context: 2 })
    .trimEnd()
    .split('\n')
  const coloured = (line: string): string =>
    line.startsWith('+') ? pc.green(line) : line.startsWith('-') ? pc.red(line) : line
  return ['--- ', '+++ ']
    .map(head => head + file)
    .concat(patch.filter(line => !/^(---|\+\+\+) /.test(line)).map(coloured))
    .join('\n')
}

function writeChange(root: string, { file, after }: Change): void {
  try {
    writeFileSync(join(root, file), after)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new OryProxyError('ORY_PROXY_INIT', `Cannot write ${file}: ${why}.`, { cause: error })
  }
}
