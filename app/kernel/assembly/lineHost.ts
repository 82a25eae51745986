/** What the host tells of the message whose line is written (see LineHost of app/kernel/exports.ts). Texts stand at LINE_ANSWER. */

/** What is inside a place by its definition: address (see INSIDE). */
export declare function openPlace(place: u32, def: u32): usize;
/** The format that a selector's value asks for: a text of so many bytes, or (length -1) a number. Address (see FORMAT). */
export declare function findFormat(inside: usize, text: usize, length: i32, number: f64): usize;
/** How an option writes values of a definition: address (see WORDING). */
export declare function wordOption(option: u32, def: u32): usize;
/** Makes a test ready for values of a definition. */
export declare function prepareTest(part: u32, def: u32): void;
/** Whether a number passes a test: 0 or 1. Notes it with the test where nothing else but the number tells. */
export declare function testNumber(part: u32, place: u32, number: u64): u32;
/** Length of the text of an option's number; -1: it cannot be written here. Notes it with the wording while there are few. */
export declare function tellNumber(part: u32, option: u32, number: u64): i32;
/** Length of an interface's name. */
export declare function nameInterface(index: u32): i32;
/** Whether a place is there, and whether its value is empty. */
export declare function isThere(place: u32): u32;
export declare function isEmptyThere(place: u32): u32;
/** Length of the text of an option's value, or of a list of them. */
export declare function tellOption(part: u32, option: u32): i32;
export declare function tellList(part: u32): i32;
/** Whether a test or a comparison holds; 2: a value is missing. */
export declare function holds(part: u32): u32;
