/** Whether the digits end in the check digit of Luhn's formula (ISO/IEC 7812-1, annex B), as payment cards do. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - index));
    const weighted = index % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** Whether a Spanish DNI (eight digits) or NIE (X, Y or Z and seven digits) ends in its letter: the number modulo 23. */
export function passesDni(number: string): boolean {
  const digits = number.slice(0, -1).replace(/^[XYZ]/, letter => String('XYZ'.indexOf(letter)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23) === number.at(-1);
}

/** Whether a French NIR (INSEE number) of 13 characters and a key passes: the key is 97 less the number modulo 97. */
export function passesInsee(number: string): boolean {
  const digits = number.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97n - (BigInt(digits) % 97n) === BigInt(number.slice(13));
}

/**
 * Whether a German tax identification number passes: eleven digits of which the first ten hold one digit two or three
 * times and the others once at most, with a check digit after ISO 7064 (modulo 11, 10).
 */
export function passesGermanTaxId(digits: string): boolean {
  if (digits.startsWith('0')) return false;
  const counts = Array.from('0123456789', digit => digits.slice(0, 10).split(digit).length - 1);
  const repeated = counts.filter(count => count > 1);
  if (repeated.length !== 1 || (repeated[0] ?? 0) > 3) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** Whether an international bank account number passes (ISO 13616): 1 modulo 97, letters counted from 10. */
export function passesIban(account: string): boolean {
  let remainder = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
