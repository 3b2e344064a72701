/** Opens the browser: always when asked for, never in CI or where nobody looks at a terminal. */
export async function openBrowser(url: string, wanted: boolean | undefined): Promise<void> {
  const somebodyThere = process.stderr.isTTY === true && !process.env['CI']
  if (!(wanted ?? somebodyThere)) return
  const { default: open } = await import('open')
  const child = await open(url).catch(() => undefined)
  child?.on('error', () => {}) // no browser here: the banner names the address
}
