import { Command } from 'commander'
import { checked } from '../../options/check.js'
import type { DoctorFlags } from '../actions/run-doctor.js'

/** `ory-proxy doctor [url]`: what is wrong with a set-up. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('say what is wrong with a set-up')
    .description(
      'Looks at the project and at the server that runs, changes nothing, and asks nobody but\nthis machine. Exits with 0 when all is well, with 1 when not, with 2 when it could not look.',
    )
    .argument('[url]', 'the server that runs, where it is not found by itself', (text: string) =>
      checked('publicUrl', text, 'url'),
    )
    .option('--strict', 'warnings count as errors')
    .option('--json', 'one JSON object on standard output, for scripts')
    .addHelpText('after', '\nExample: ory-proxy doctor')
    .action(async (url: string | undefined, flags: DoctorFlags) => {
      const { runDoctor } = await import('../actions/run-doctor.js')
      await runDoctor(url, flags)
    })
}
