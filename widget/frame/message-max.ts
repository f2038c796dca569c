/** The longest message the server takes; protocol/common.ts says so too, but would bring zod into the frame. */
export const messageMax = 10_000;
