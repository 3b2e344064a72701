import { expect, test } from 'ory-proxy/playwright'

test('signing up is finished by a code in a mail', async ({ page, ory }) => {
  await page.goto('/.ory/init/registration')
  await page.locator('[name="traits.email"]').fill('new@example.com')
  await page.locator('[name="password"]').fill('a sentence nobody guesses')
  await page.locator('button[name="method"][value="password"]').click()
  const { code } = await ory.mail('new@example.com')
  await page.locator('[name="code"]').fill(code)
  await page.locator('button[name="method"][value="code"]').click()
  await expect(page.getByText('You successfully verified your email address.')).toBeVisible()
  await page.goto('/')
  await expect(page.getByTestId('who')).toHaveText('new@example.com')
})

test('signing in with a password', async ({ page, ory }) => {
  const { email, password } = await ory.createUser()
  await page.goto('/.ory/init/login')
  await page.locator('[name="identifier"]').fill(email)
  await page.locator('[name="password"]').fill(password)
  await page.locator('button[name="method"][value="password"]').click()
  await expect(page.getByTestId('who')).toHaveText(email)
})

test('a forgotten password is made up for by a code in a mail', async ({ page, ory }) => {
  const { email } = await ory.createUser()
  await page.goto('/.ory/init/recovery')
  await page.locator('[name="email"]').fill(email)
  await page.locator('button[name="method"][value="code"]').click()
  const { code } = await ory.mail(email, { subject: /account/ })
  await page.locator('[name="code"]').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page).toHaveURL(/\/ui\/settings/)
  await ory.noMail(email, 100)
})

test('the vault opens with a second factor only', async ({ page, ory }) => {
  await ory.signIn('bob@example.com')
  await page.goto('/')
  await page.getByRole('button', { name: 'Open the vault' }).click()
  await expect(page.getByRole('status')).toHaveText('The vault asks for a second factor.')
  await ory.signIn('bob@example.com', { aal: 'aal2' })
  await page.getByRole('button', { name: 'Open the vault' }).click()
  await expect(page.getByRole('status')).toHaveText('The key is under the mat.')
})

test('a passkey signs in where there was a password', async ({ page, ory }) => {
  const user = await ory.createUser()
  await ory.signIn(user)
  const device = await ory.passkey()
  await page.goto('/.ory/init/settings')
  await page.locator('[name="passkey_register_trigger"]').click()
  await expect.poll(async () => (await device.credentials()).length).toBe(1)
  await expect(page.getByTestId('who')).toHaveText(user.email)
  await ory.signOut()
  await page.goto('/.ory/init/login')
  // The sign-in page offers passkeys by itself, and nobody need touch this device.
  await expect(page.getByTestId('who')).toHaveText(user.email)
})
