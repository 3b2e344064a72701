/**
 * What asks devcert, in a process of its own: devcert blocks in `execFileSync`, so in ours no time limit and no
 * Ctrl-C would work while it waits for a password. Run with `node -e`, the package's path and a JSON list of names;
 * the answer comes as JSON through file descriptor 3, as devcert prints to the usual ones.
 */
export const DEVCERT_CHILD = `
const [devcert, names] = process.argv.slice(1)
const answer = value => require('node:fs').writeSync(3, JSON.stringify(value))
const failed = error => answer({ problem: String(error?.message ?? error) })
try {
  const options = { skipHostsFile: true, skipCertutilInstall: true }
  require(devcert)
    .certificateFor(JSON.parse(names), options)
    .then(({ key, cert }) => answer({ key: String(key), cert: String(cert) }))
    .catch(failed)
} catch (error) {
  failed(error)
}
`
