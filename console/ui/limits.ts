/** As the server checks it (messageBodyMax in protocol/common.ts), without taking the schemas into the page. */
export const messageBodyMax = 10_000;
