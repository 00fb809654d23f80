/** Names the button “That wasn't me” of a receipt; its value is the receipt's code. */
export const repudiateActionId = 'receipt.disown';
