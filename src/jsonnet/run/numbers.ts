/** Numbers as C's `%.17g` writes them, whole ones in full. */

export function numberText(number: number): string {
  if (Number.isInteger(number)) return Object.is(number, -0) ? '-0' : BigInt(number).toString()
  const [mantissa = '', exponent = '0'] = number.toExponential(16).split('e')
  const power = Number(exponent)
  if (power < -4 || power >= 17)
    return `${trimmed(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  // `toPrecision` writes in full down to 1e-7.
  return trimmed(number.toPrecision(17))
}
const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
