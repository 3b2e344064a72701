/** Kratos' name of a template. */
export type TemplateType =
  | `${'login' | 'registration' | 'recovery' | 'verification'}_code_valid`
  | `${'recovery' | 'verification'}_code_invalid`
  | `${'recovery' | 'verification'}_${'valid' | 'invalid'}`
