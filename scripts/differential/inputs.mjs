// What is sent in many places: passwords, and values that nobody expects.
export const PASSWORD = 'Tr0ub4dor&3-lab-pw'
export const OTHER_PASSWORD = 'c0rrect-horse-battery-9'
export const NOBODY = '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11'
export const ODD = [
  '',
  'nope',
  'a\nb',
  'ü€😀',
  '\u0000',
  '../../etc/passwd',
  'x'.repeat(300),
  '<b>',
  '{}',
  '[]',
  '0',
  'null',
  ' ',
  "'",
  '%2F',
  '1e+20',
]
export const ODD_JSON = [...ODD, null, 0, 1.5, 1e20, true, [], {}, [1], ['x'], { a: 1 }, { a: { b: [] } }]
