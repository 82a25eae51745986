import { styleTags, tags } from '@lezer/highlight';
import { parser as bareParser } from './parser.generated.ts';

/** Longest filter text that is looked at, in characters. */
export const MAX_FILTER_LENGTH = 20_000;
/** Deepest nesting of parentheses, negations, calls and slices. */
export const MAX_FILTER_DEPTH = 100;

/**
 * The Lezer parser of the language with its highlighting tags, from which an editor builds its language support. Node
 * names are those of filter.grammar.
 */
export const parser = bareParser.configure({
  props: [
    styleTags({
      Name: tags.variableName,
      'FunctionName/Name MacroName': tags.function(tags.variableName),
      Parameter: tags.special(tags.variableName),
      'Number SliceNumber': tags.number,
      Literal: tags.literal,
      'String UnclosedString': tags.string,
      'Char UnclosedChar': tags.character,
      'AndOp OrOp XorOp NotOp': tags.logicOperator,
      CompareOp: tags.compareOperator,
      'In Quantifier': tags.operatorKeyword,
      'BitAndOp BitOrOp': tags.bitwiseOperator,
      '( )': tags.paren,
      '[ ]': tags.squareBracket,
      '{ }': tags.brace,
      ', .. : SliceDash': tags.separator,
    }),
  ],
});

/** Reads the texts of macros, in which $1 stands for the first argument. */
export const macroParser = parser.configure({ top: 'MacroText' });
