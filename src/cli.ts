#!/usr/bin/env node
// Nothing is imported before the version was looked at: an older Node ends at the first name that it lacks, with a stack.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ory-proxy needs Node 20.19 or later; this is ${process.versions.node}.\n`)
  process.exitCode = 2
} else {
  const { main } = await import('./cli/main.js')
  void main(process.argv)
}
