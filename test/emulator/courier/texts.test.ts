import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.js'
import type { CourierMessage } from '../../../src/emulator/store/model.js'
import { configuration, normal, type Recorded, SETS } from '../recorded/courier.mjs'

const golden = new URL('../recorded/golden/courier/messages.json', import.meta.url)
const recorded: Record<string, Record<string, Recorded[]>> = JSON.parse(readFileSync(golden, 'utf8'))

/** What people find a mail by. */
const findable = ({ recipient, subject, template_type, lines }: Recorded): object => ({
  recipient,
  subject,
  template_type,
  lines,
})

test.for(Object.entries(SETS))(
  'mails and SMS have the subject of a real Kratos, and its lines with the code or the link: "%s"',
  async ([name, [scenarios, variant]]) => {
    const emulator = await startEmulator({ config: configuration('http://127.0.0.1:9', variant) })
    const places = { url: emulator.url, adminUrl: emulator.adminUrl ?? '' }
    for (const [title, [, run]] of Object.entries(scenarios)) {
      const before = await sent(places.adminUrl)
      await run(places)
      const fresh = (await sent(places.adminUrl)).filter(({ id }) => !before.some(one => one.id === id))
      const found = fresh.map(one =>
        normal({ method: '', path: one.type, headers: {}, body: one }, emulator.url),
      )
      const byPath = (one: Recorded, other: Recorded): number => (one.path < other.path ? -1 : 1)
      expect.soft(found.sort(byPath).map(findable), title).toEqual(recorded[name]?.[title]?.map(findable))
    }
    await emulator.close()
  },
)

async function sent(adminUrl: string): Promise<CourierMessage[]> {
  const answer = await fetch(`${adminUrl}/admin/courier/messages?page_size=100`)
  return (await answer.json()) as CourierMessage[]
}
