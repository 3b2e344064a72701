export interface Operation {
  id: string
  method: string
  /** With names in braces where a request has a value. */
  path: string
  /** The type of its answer. */
  type: string
}

/** Every operation of the public and the admin API of Kratos v26.2.0. */
export declare const OPERATIONS: readonly Operation[]

/** The file with the types of what they answer. */
export declare const TYPES: string
