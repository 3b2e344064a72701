// An Express server as people write it for Ory: it asks Ory itself, with the browser's cookie, and sends who is
// signed out to Ory's pages. It knows one address, ORY_SDK_URL, for itself and for the browser.
import { Configuration, FrontendApi, ResponseError } from '@ory/client-fetch'
import express from 'express'

const basePath = process.env.ORY_SDK_URL
const ory = new FrontendApi(new Configuration({ basePath }))
const app = express()

async function signedIn(req, res, next) {
  try {
    req.session = await ory.toSession({ cookie: req.header('cookie') })
    next()
  } catch (error) {
    if (!(error instanceof ResponseError) || error.response.status !== 401) return next(error)
    res.redirect(`${basePath}/self-service/login/browser?return_to=${process.env.PUBLIC_URL}`)
  }
}

app.get('/', signedIn, async (req, res) => {
  const { logout_url } = await ory.createBrowserLogoutFlow({ cookie: req.header('cookie') })
  res.send(
    `<p>You are ${req.session.identity.traits.email}.</p><a id="out" href="${logout_url}">Sign out</a>`,
  )
})

app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'))
