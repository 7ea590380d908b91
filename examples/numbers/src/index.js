export { factorial } from './factorial.js';
export { greatestCommonDivisor } from './greatestCommonDivisor.js';
