import { Command } from 'commander'

/** `ory-proxy init`: which face fits a project, and the change it takes. */
export function initCommand(): Command {
  return new Command('init')
    .summary('set a project up, or show what that takes')
    .description(
      'Looks at the project in this folder, says which face of ory-proxy fits and why, and shows\nthe change. Nothing is written without --write, and nothing over what it does not understand.',
    )
    .option('--write', 'make the change')
    .addHelpText('after', '\nExample: ory-proxy init --write')
    .action(async (flags: { write?: boolean }) => {
      const { runInit } = await import('../actions/run-init.js')
      await runInit(process.cwd(), flags)
    })
}
