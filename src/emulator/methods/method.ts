/**
 * What a way to sign in has to say in each kind of flow. The flows ask the methods of one ordered list
 * (`methods/index.ts`) for the nodes of their form, and then which of them a submission is for.
 */

import type { Core } from '../core.js'
import type { Flow } from '../flows/types.js'
import type { Answer, Exchange } from '../http/exchange.js'
import type { CompletedMethod, SignedIn } from '../identities/types.js'
import type { Aal, Channel, Identity, JsonObject, UiNodeGroup } from '../store/model.js'

/** Nothing: the submission is for another method. An answer: this method has dealt with all of it. */
export type Outcome<T> = Promise<undefined | { answer: Answer } | T>

export interface LoginMethod {
  /** At which level it can be submitted; `any`: it looks at every submission. */
  level(core: Core): Aal | 'any' | undefined
  populateFirst?(x: Exchange, flow: Flow): void
  populateRefresh?(x: Exchange, flow: Flow, who: SignedIn): void
  /** Identifier first: the page that only asks who it is. */
  populateIdentification?(x: Exchange, flow: Flow): void
  /** Identifier first: the page after that. False if this person has nothing to use here. */
  populateCredentials?(x: Exchange, flow: Flow, person: Identity | undefined): boolean
  populateSecond?(x: Exchange, flow: Flow, who: SignedIn): void
  /** Sends a code at once where nothing else can be chosen anyway. */
  shortcut?(x: Exchange, flow: Flow, who: SignedIn | undefined): Answer | undefined
  submit(x: Exchange, flow: Flow, who: SignedIn | undefined): Outcome<{ identity: Identity }>
  completed(core: Core): CompletedMethod
}

export interface RegistrationMethod {
  /** The first of two pages: who are you? */
  populateProfile(x: Exchange, flow: Flow): void
  /** The second of two pages: how do you want to sign in? */
  populateCredentials(x: Exchange, flow: Flow): void
  /** Both on one page. */
  populateOneStep(x: Exchange, flow: Flow): void
  /** Fills in the identity; the flow stores it. */
  submit(x: Exchange, flow: Flow, identity: Identity): Outcome<{ registered: CompletedMethod }>
}

export interface SettingsMethod {
  populate(x: Exchange, flow: Flow, identity: Identity): void | Promise<void>
  /** What was submitted, when it is for this method. It may wait for a fresh sign-in and be applied later. */
  read(x: Exchange, flow: Flow, who: SignedIn): JsonObject | undefined
  /** `update`: to be stored. `show`: nothing changed yet, the form did. */
  apply(
    x: Exchange,
    flow: Flow,
    who: SignedIn,
    payload: JsonObject,
  ): Outcome<{ update: Identity } | { show: true }>
  /** Makes the form ready to be shown again after a mistake. */
  mend(x: Exchange, flow: Flow, payload: JsonObject): void
}

/** Recovery and verification. */
export interface ChallengeMethod {
  populate(x: Exchange, flow: Flow): void
  /** `shown`: the flow has changed, show it. */
  submit(x: Exchange, flow: Flow): Outcome<{ shown: true }>
}

export interface VerificationMethod extends ChallengeMethod {
  /** Sends what proves an address; it counts as asked for from then on. */
  send(core: Core, flow: Flow, identityId: string, address: { value: string; via: Channel }): void
}

export interface Method {
  readonly id: string
  readonly group: UiNodeGroup
  enabled(core: Core): boolean
  readonly login?: LoginMethod
  readonly registration?: RegistrationMethod
  readonly settings?: SettingsMethod
  readonly recovery?: ChallengeMethod
  readonly verification?: VerificationMethod
  /** How many first factors of this kind a person has. */
  firstFactors?(core: Core, identity: Identity): number
  secondFactors?(core: Core, identity: Identity): number
}
