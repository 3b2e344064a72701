import { expect, test } from 'ory-proxy/playwright'

test('somebody who is not signed in is asked to', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByText('Nobody is signed in.')).toBeVisible()
})

test.describe('alice', () => {
  test.use({ oryUser: 'alice@example.com' })

  test('is signed in from the start', async ({ page }) => {
    await page.goto('/')
    await expect(page.getByTestId('who')).toHaveText('alice@example.com')
  })

  test('is signed out when her session is over, 25 hours later', async ({ page, ory }) => {
    await page.goto('/')
    await expect(page.getByTestId('who')).toHaveText('alice@example.com')
    await ory.clock.advance('25h')
    await page.reload()
    await expect(page.getByText('Nobody is signed in.')).toBeVisible()
  })

  test('is nobody while Ory is down, and herself again when it is back', async ({ page, ory }) => {
    const down = await ory.fault({ path: '/sessions/whoami', status: 503 })
    await page.goto('/')
    await expect(page.getByText('Nobody is signed in.')).toBeVisible()
    await down.remove()
    await page.reload()
    await expect(page.getByTestId('who')).toHaveText('alice@example.com')
  })
})

test('two people at once see their own notes', async ({ page, ory }) => {
  // The app remembers notes by person, and people of the seed are the same in every test: new ones are this test's own.
  const [ada, bea] = [await ory.createUser(), await ory.createUser()]
  await ory.signIn(ada)
  const other = await ory.as(bea)
  for (const [who, text] of [
    [page, 'from Ada'],
    [other.page, 'from Bea'],
  ]) {
    await who.goto('/')
    await who.getByLabel('New note').fill(text)
    await who.getByRole('button', { name: 'Add' }).click()
    await expect(who.getByTestId('notes').getByRole('listitem')).toHaveText([text])
  }
})
