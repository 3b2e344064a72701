/** The profiles, and the file their scenarios are in. */
export declare const PROFILES: Readonly<Record<string, string>>

/** The configuration that a profile was recorded with. */
export declare function configOf(profile: string): string

/** One recorded step, and what of it differs. */
export interface Row {
  scenario: string
  step: string
  differences: string[]
}

/**
 * Records a profile's scenarios at an address and compares them with Kratos' answers. Time is what they wait where
 * `clock` says where the emulator is reached.
 */
export declare function compareProfile(
  profile: string,
  publicUrl: string,
  adminUrl: string,
  clock?: string,
): Promise<Row[]>

/** As {@link compareProfile}, for other recordings: `set` is `<file>#<export>`, `golden` the folder of its answers. */
export declare function compareSet(
  set: string,
  golden: string,
  publicUrl: string,
  adminUrl: string,
  clock?: string,
): Promise<Row[]>

/** What differs between a recorded value and another one, a line each. */
export declare function diff(golden: unknown, actual: unknown): string[]
/** A request and its answer, as a recording has them. */
export interface Step {
  step: string
  request: { method: string; path: string }
  response: { status: number; body?: unknown; text?: string }
}

/** What is answered to a set of scenarios. */
export declare function answersTo(set: string, publicUrl: string, adminUrl: string): Promise<Step[]>

/** The steps of a folder of recorded answers. */
export declare function stepsIn(folder: string): Step[]
