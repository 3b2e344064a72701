/**
 * The best-known of all leaked passwords. Kratos asks haveibeenpwned.com; here nobody is asked, and these are enough
 * to see what a form says then.
 */
const LEAKED: ReadonlySet<string> = new Set([
  ...[
    '123456',
    '1234567',
    '12345678',
    '123456789',
    '1234567890',
    '123123',
    '123123123',
    '12341234',
    '123321',
  ],
  ...['111111', '11111111', '000000', '00000000', '654321', '87654321', '987654321', '666666', '88888888'],
  ...['password', 'password1', 'password12', 'password123', 'password1234', 'Password', 'Password1'],
  ...['Password123', 'passw0rd', 'Passw0rd', 'p@ssw0rd', 'P@ssw0rd', 'p@ssword', 'P@ssword', 'passwort'],
  ...[
    'qwerty',
    'qwerty1',
    'qwerty12',
    'qwerty123',
    'qwertyui',
    'qwertyuiop',
    'qwertz',
    'qwertzuiop',
    'azerty',
  ],
  ...[
    'azertyuiop',
    'asdfgh',
    'asdfghjk',
    'asdfghjkl',
    'zxcvbnm',
    '1q2w3e4r',
    '1q2w3e4r5t',
    '1qaz2wsx',
    'q1w2e3r4',
  ],
  ...[
    'qazwsxedc',
    '1234qwer',
    'qwer1234',
    'asdf1234',
    'abc123',
    'abcd1234',
    'abcdefgh',
    'a1b2c3d4',
    'aa123456',
  ],
  ...[
    'iloveyou',
    'iloveyou1',
    'letmein1',
    'letmein',
    'welcome',
    'welcome1',
    'welcome123',
    'Welcome1',
    'changeme',
  ],
  ...['admin123', 'administrator', 'football', 'baseball', 'basketball', 'princess', 'sunshine', 'superman'],
  ...[
    'batman123',
    'trustno1',
    'starwars',
    'whatever',
    'computer',
    'internet',
    'michelle',
    'jennifer',
    'charlie1',
  ],
  ...['monkey123', 'dragon123', 'master123', 'shadow123', 'liverpool', 'chocolate', 'butterfly', 'secret123'],
])

/** How often each was found at least; the real figures, which grow daily, are far higher. */
export const LEAKS = 100_000

export const isLeaked = (password: string): boolean => LEAKED.has(password)
