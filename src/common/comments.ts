/** Whether a line begins like a comment of JavaScript, which people write into JSON and its readers take for something else. */
export const hasComments = (text: string): boolean => /^\s*\/[/*]/m.test(text)
