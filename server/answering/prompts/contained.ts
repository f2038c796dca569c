/** Data between tags must not be able to close them, nor to open others. */
export const contained = (text: string): string => text.replace(/<(\/?)(source|customer_message|said)/gi, '‹$1$2');
