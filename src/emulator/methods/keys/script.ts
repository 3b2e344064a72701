/**
 * What pages load to use keys: the functions that Kratos' forms name, written anew. They are called with the
 * options, or find them in the form, and leave their answer there (https://www.ory.com/docs/kratos/passwordless/passkeys).
 */

import { createHash } from 'node:crypto'
import type { Answer } from '../../http/exchange.js'

export const SCRIPT_PATH = '/.well-known/ory/webauthn.js'

/**
 * Pages of others call the functions from attributes; ours, whose policy runs no code in attributes, name them in
 * `data-click` and `data-load`, and have a place for what goes wrong.
 */
const SCRIPT = `(() => {
  'use strict'
  if (window.__oryWebAuthnInitialized) return

  const field = name => document.querySelector('[name="' + name + '"]')
  const bytes = text =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
  const text = buffer =>
    buffer
      ? btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
      : ''
  const withIds = list => list && list.map(entry => ({ ...entry, id: bytes(entry.id) }))

  const forCreation = ({ publicKey }) => ({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      ...(publicKey.excludeCredentials && { excludeCredentials: withIds(publicKey.excludeCredentials) }),
    },
  })
  const forRequest = ({ publicKey }) => ({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      ...(publicKey.allowCredentials && { allowCredentials: withIds(publicKey.allowCredentials) }),
    },
  })
  const sendable = ({ id, rawId, type, response }) => {
    const names = response.attestationObject
      ? ['attestationObject', 'clientDataJSON']
      : ['authenticatorData', 'clientDataJSON', 'signature', 'userHandle']
    const parts = Object.fromEntries(names.map(name => [name, text(response[name])]))
    return JSON.stringify({ id, rawId: text(rawId), type, response: parts })
  }

  const reason = (error, rp) => {
    const at = location.origin
    if (!window.isSecureContext)
      return 'This page has the address ' + at + ', where browsers keep passkeys and security keys switched off. They work over https, or at http://localhost.'
    if (!window.PublicKeyCredential) return 'This browser has no passkeys and security keys.'
    switch (error && error.name) {
      case 'SecurityError':
        return 'Your browser does not use the keys of "' + rp + '" at ' + at + '. Open this page at an address of ' + rp + ', or change "rp.id" in the configuration of Ory. (' + error.message + ')'
      case 'NotAllowedError':
        return 'Nothing was changed: the prompt was cancelled, took too long, or there is no key for this page here.'
      case 'InvalidStateError':
        return 'This device or key has been added already.'
      case 'NotSupportedError':
        return 'This device cannot make a key of the kind that is asked for.'
      default:
        return 'The key could not be used: ' + ((error && error.message) || error)
    }
  }
  const say = (message, error) => {
    const place = document.querySelector('[data-keys-say]')
    if (place) {
      place.textContent = message
      place.hidden = false
      place.scrollIntoView({ block: 'nearest' })
    }
    console.error('[ory] ' + message, error || '')
    return Boolean(place)
  }

  let waiting
  const stopWaiting = () => {
    if (waiting) waiting.abort('another way to use a key was chosen')
    waiting = undefined
    window.abortPasskeyConditionalUI = undefined
  }

  const send = (result, credential) => {
    result.value = sendable(credential)
    // Not requestSubmit(): the empty password of another way to sign in must not be in the way.
    HTMLFormElement.prototype.submit.call(result.closest('form'))
  }

  // A browser without keys says so when one is asked for, not before.
  const use = async (run, result, rp, complain) => {
    stopWaiting()
    try {
      if (!window.PublicKeyCredential) throw undefined
      send(result, await run())
      return true
    } catch (error) {
      const message = reason(error, rp)
      if (!say(message, error) && complain) alert(message)
      return false
    }
  }

  const missing = names => console.error('[ory] this form has no field ' + names.join(', '))

  const withTrigger = (triggerQuery, resultQuery, given, run) => {
    const trigger = document.querySelector(triggerQuery)
    const result = document.querySelector(resultQuery)
    if (!result || !(given || trigger)) return missing([triggerQuery, resultQuery])
    return run(given || JSON.parse(trigger.value), result)
  }

  const oryWebAuthnLogin = (
    options,
    result = '[name="webauthn_login"]',
    trigger = '[name="webauthn_login_trigger"]',
  ) =>
    withTrigger(trigger, result, options, (given, into) =>
      use(() => navigator.credentials.get(forRequest(given)), into, given.publicKey.rpId, true))

  const oryWebAuthnRegistration = (
    options,
    result = '[name="webauthn_register"]',
    trigger = '[name="webauthn_register_trigger"]',
  ) =>
    withTrigger(trigger, result, options, (given, into) => {
      const name = field('webauthn_register_displayname')
      // Settings refuse a key without a name, when the key is made already.
      if (name && name.required && !name.reportValidity()) return
      return use(() => navigator.credentials.create(forCreation(given)), into, given.publicKey.rp.id, true)
    })

  const oryPasskeyRegistration = () => {
    const data = field('passkey_create_data')
    const result = field('passkey_register')
    if (!data || !result) return missing(['passkey_create_data', 'passkey_register'])
    const { credentialOptions, displayNameFieldName } = JSON.parse(data.value)
    const named = data.closest('form').querySelector('[name="' + displayNameFieldName + '"]')
    if (named && !named.reportValidity()) return
    const options = forCreation(credentialOptions)
    const name = named ? named.value : ''
    options.publicKey.user = { ...options.publicKey.user, name, displayName: name }
    return use(() => navigator.credentials.create(options), result, options.publicKey.rp.id)
  }

  const oryPasskeySettingsRegistration = () => {
    const data = field('passkey_create_data')
    const result = field('passkey_settings_register')
    if (!data || !result) return missing(['passkey_create_data', 'passkey_settings_register'])
    const options = forCreation(JSON.parse(data.value))
    return use(() => navigator.credentials.create(options), result, options.publicKey.rp.id)
  }

  const oryPasskeyLogin = async () => {
    const data = field('passkey_challenge')
    const result = field('passkey_login')
    if (!data || !result) return missing(['passkey_challenge', 'passkey_login'])
    const options = forRequest(JSON.parse(data.value))
    const done = await use(() => navigator.credentials.get(options), result, options.publicKey.rpId)
    if (!done) return oryPasskeyLoginAutocompleteInit()
  }

  const oryPasskeyLoginAutocompleteInit = async () => {
    const data = field('passkey_challenge')
    const result = field('passkey_login')
    if (!data || !result || !field('identifier'))
      return missing(['passkey_challenge', 'passkey_login', 'identifier'])
    const can = window.PublicKeyCredential && PublicKeyCredential.isConditionalMediationAvailable
    // Cypress fills every field in, and would choose a passkey.
    if (!can || window.Cypress || !(await PublicKeyCredential.isConditionalMediationAvailable())) return
    stopWaiting()
    const mine = (waiting = window.abortPasskeyConditionalUI = new AbortController())
    const options = forRequest(JSON.parse(data.value))
    try {
      send(result, await navigator.credentials.get({ ...options, mediation: 'conditional', signal: mine.signal }))
    } catch (error) {
      if (mine.signal.aborted) return
      if (error && error.name === 'SecurityError') say(reason(error, options.publicKey.rpId), error)
      else console.debug('[ory] no passkey was chosen', error)
    }
  }

  const functions = {
    oryWebAuthnLogin, oryWebAuthnRegistration, oryPasskeyLogin, oryPasskeyRegistration,
    oryPasskeySettingsRegistration, oryPasskeyLoginAutocompleteInit,
  }
  // Ory Elements before version 1 know them with underscores.
  for (const [name, run] of Object.entries(functions)) window[name] = window['__' + name] = run

  const bind = () => {
    for (const notice of document.querySelectorAll('[data-keys-wait]')) notice.remove()
    for (const button of document.querySelectorAll('[data-click]')) {
      const run = functions[button.dataset.click]
      button.addEventListener('click', () => run())
      // Enter in a form that has no button to send it.
      button.form.addEventListener('submit', event => {
        if (event.submitter) return
        event.preventDefault()
        run()
      })
    }
    for (const input of document.querySelectorAll('[data-load]')) functions[input.dataset.load]()
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', bind)
  else bind()

  window.__oryWebAuthnInitialized = true
  window.dispatchEvent(new CustomEvent('oryWebAuthnInitialized'))
})()
`

/** Pages load the script only if this is its hash (https://www.w3.org/TR/SRI/). */
export const SCRIPT_INTEGRITY: string = `sha512-${createHash('sha512').update(SCRIPT).digest('base64')}`

/** `GET /.well-known/ory/webauthn.js` */
export const serveScript = (): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/javascript; charset=UTF-8' },
  body: SCRIPT,
})
