// A small assembler for classic BPF, the language of seccomp filters (Linux, Documentation/networking/filter.rst).

/** One step of a filter. A jump without a target goes on with the next step. */
export type BpfStep =
  | { readonly kind: 'label'; readonly name: string }
  /** Loads the 32-bit word at `offset` of the data that the filter sees. */
  | { readonly kind: 'load'; readonly offset: number }
  | {
      readonly kind: 'jump';
      readonly when: 'equal' | 'atLeast' | 'anyBitOf';
      readonly value: number;
      readonly then?: string;
      readonly otherwise?: string;
    }
  | { readonly kind: 'return'; readonly value: number };

const OPCODES = { load: 0x20, equal: 0x15, atLeast: 0x35, anyBitOf: 0x45, return: 0x06 } as const;
const INSTRUCTION_BYTES = 8;
/** Conditional jumps have an unsigned byte for their distance. */
const MAX_JUMP = 255;

/**
 * Assembles a filter into an array of `struct sock_filter` (16-bit code, two 8-bit jumps, 32-bit operand, little endian, which every
 * supported processor is). Throws for a label that is missing, behind the jump, or too far away.
 */
export function assembleBpf(steps: readonly BpfStep[]): Uint8Array {
  const instructions = steps.filter(step => step.kind !== 'label');
  const labels = labelPositions(steps);
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  instructions.forEach((step, index) => {
    const at = index * INSTRUCTION_BYTES;
    const distance = (label: string | undefined) => jumpDistance(labels, index, label);
    view.setUint16(at, step.kind === 'jump' ? OPCODES[step.when] : OPCODES[step.kind], true);
    view.setUint8(at + 2, step.kind === 'jump' ? distance(step.then) : 0);
    view.setUint8(at + 3, step.kind === 'jump' ? distance(step.otherwise) : 0);
    view.setUint32(at + 4, step.kind === 'load' ? step.offset : step.value, true);
  });
  return bytes;
}

function labelPositions(steps: readonly BpfStep[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  let position = 0;
  for (const step of steps) {
    if (step.kind === 'label') positions.set(step.name, position);
    else position += 1;
  }
  return positions;
}

function jumpDistance(labels: ReadonlyMap<string, number>, from: number, label: string | undefined): number {
  if (label === undefined) return 0;
  const target = labels.get(label);
  if (target === undefined) throw new Error(`A filter jumps to "${label}", which is not there.`);
  const distance = target - (from + 1);
  if (distance < 0 || distance > MAX_JUMP) throw new Error(`A filter cannot jump ${distance} steps to "${label}".`);
  return distance;
}
