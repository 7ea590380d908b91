/** Made-up personal data that has the form and the check digits of its kind, as it stands in a text. */
export const personalDataTexts: Readonly<Record<string, readonly string[]>> = {
  email: [
    'Write to ada.lovelace@analytical.engine.org.',
    'author: Grace <grace+list@hopper.navy.mil>',
    '"mail":"b.pascal@machine.fr"',
  ],
  telephone: [
    'tel: +44 20 7946 1958',
    'phone +4915155512399',
    'call (212) 736-5000 now',
    '212-736-5000',
    '+33 1 42 68 53 00',
  ],
  'payment-card': ['card 4539 1488 0343 6467', 'pan=4539148803436467', 'card 374245455400126', '5425 2334 3010 9903'],
  'us-social-security-number': ['SSN 536-90-4399', 'ssn: "219-44-1234"'],
  'uk-national-insurance-number': ['NI AB 31 46 50 C', 'nino=JG103759A'],
  'es-dni': ['DNI 45671238T', 'NIE X1234267H', 'dni: 45671238-T'],
  'fr-insee': ['NIR 1 85 05 78 006 084 91', 'insee=185057800608491'],
  'de-tax-id': ['Steuer-ID: 86 095 742 719', 'Steueridentifikationsnummer 65929970489'],
  iban: ['IBAN DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819'],
};
