import type { Method } from './method.js'

let registered: readonly Method[] = []

/** Said once, by whoever builds an emulator: a method that asks for the others cannot import their list. */
export function registerMethods(methods: readonly Method[]): void {
  registered = methods
}

/** The ways to sign in, in the order in which Kratos asks them. */
export const allMethods = (): readonly Method[] => registered
