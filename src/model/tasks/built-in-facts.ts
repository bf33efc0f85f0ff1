/**
 * Identity and size of every built-in task, by name and version: written by its test (UPDATE_TASKS=1), which holds that
 * the examples of a version never change.
 */
export const BUILT_IN_FACTS: Readonly<
  Record<string, readonly [id: string, train: number, heldOut: number, test: number]>
> = {
  'bracket-depth@1': ['4b09c89575a33a88549e183b242ed068da3f922d5263c6741a18d227d1e98761', 220, 0, 30],
  'string-closing@1': ['053ae7a6e6691e2eb512f37a1d8cd3c1d333a72da37b929ee92a7ddfdac65974', 212, 0, 44],
  'set_or_string@1': ['8dbef8aef7e55d363790a75d45f738234252eee07bad855ef912003beab6700d', 395, 0, 117],
  'single_double_quote@1': ['e40dfa9d2fc023b6cfa4ff1e6a8c7d3f90b60b68a9fc1ced9585bfbe0c9c8620', 424, 0, 88],
  'bracket_brace@1': ['e3cbcac49c4ad67b8ddabf98629c4851957c38e4e9b1481008da2b5abf462a59', 352, 57, 103],
  'bracket_counting@1': ['2af441fcbc57d5b5c4ab29be42faa172029e6d2244d0d436645c756cbefc0d2f', 333, 76, 103],
  'class_init@1': ['6ee5b001279031cb6f3127ba7c67fb6f4731f045e2a6a50b21bf1eb21122c512', 328, 56, 128],
  'else_elif@1': ['683139bf8bc31026f5a2eec329110f8ef106f00c2842f76ef4d0a327461174b2', 313, 71, 128],
  'enumerate_range@1': ['75bd0792533881b252dff2c2aee0fc7e0a391f0bb4290235f5bf2dd210d3be83', 313, 73, 126],
  'final_kwarg@1': ['a02f5a064a032355e1e388a414990805fdd2d9bdaf1a9e2575d7614f19a26229', 334, 50, 128],
  'for_while@1': ['af0ab0ad375bce5bf94f980ddd43d329349d84e14d772dff25be66f183b0c991', 325, 59, 128],
  'fstring_brace@1': ['a7784ee8fed400a31d7dbc9def2bc16312fbe6e7df929d9cf40f36d9411c482a', 307, 77, 128],
  'if_equals@1': ['69f7f618a6a36ff0ac1ecc7cf44f62fea60224bc0e4d85cd4f24de2f86835042', 325, 59, 128],
  'if_ternary@1': ['252c5c2c64260b631cf20d36c0b80756a104e0726f3a1bdfd1f1ef02a72d5889', 330, 55, 127],
  'indent_for@1': ['4a1e447b3544862d72383b73cadb22716a640702201763a93ec98c2b29b3c9ff', 319, 65, 128],
  'lambda_func@1': ['89e22179adcb8e4446882c1081554f184da6c2edba474a9539f9703a8af25ba5', 341, 67, 104],
  'set_or_string@2': ['1839e3e7a25747b6fcefc456b2af98fcb62441733aa2844f0575c0a457558769', 322, 62, 128],
  'set_or_string_fixedvarname@1': [
    'b4c200cae213bc1aa2e7de17dff76bb8155eef9f2f9500e5ec16150a7a235122',
    336,
    48,
    128,
  ],
  'single_double_quote@2': ['c6d885a45fddc8e97887b3242e353adc32016ee1201081a98993a695935b95d6', 291, 71, 150],
  'var_if@1': ['63b8643857735625617df8f0bbcd5ffc0b222c4a82feedbf946a185d7c5fd1fc', 315, 69, 128],
  'var_swap@1': ['d1604cce9a37d27e14bc17ca747141cb0d5357e2d6defeeacb67c87e9ba1e1f5', 314, 70, 128],
  'while_return_true@1': ['7b1b3307d26637ab8645d6e6cc35d8c6408ed2be25bcacc48e9df62d6cb53985', 315, 69, 128],
  'with_as@1': ['c1cbef50ba7683f8a26f3286bf96682fd2c868bcd417ec82711a7ea6b345b7f9', 328, 56, 128],
  'with_open@1': ['073ee8da31eb4569596dcf1fbb57b60cd2aeebc10d6f21e836ee836ad56cdd4b', 322, 62, 128],
  'small-python/bracket_brace@1': [
    'd4f55c15097f376fb30ee1b7c5316afd070ea89b6abcc8a2c8979a0c3cdce59f',
    270,
    43,
    199,
  ],
  'small-python/bracket_counting@1': [
    '677716821e834072570716660b1f5f7f0b0508fe82123b20d67f3644f464ca22',
    253,
    53,
    206,
  ],
  'small-python/else_elif@1': [
    '97841343772aa067d60a32dc457a3f03e0f915a3e877008d9704a38b77908c74',
    260,
    45,
    207,
  ],
  'small-python/enumerate_range@1': [
    '8f13834532833d6f5c840dc027bb16bdcff4b592af9c84c24c5be38834327c12',
    251,
    48,
    213,
  ],
  'small-python/for_while@1': [
    'a053793ed48c4b6b69681964cfce6856e2d9f5ba7f50051be28724d5d2bd2f37',
    250,
    43,
    219,
  ],
  'small-python/if_equals@1': [
    '63e2133e89ca88fdb26e2c2268a7b6ae1c2946a08ac4e48aace151f181fbcdc6',
    253,
    49,
    210,
  ],
  'small-python/lambda_func@1': [
    'c35a5b9c4a7c26ca80b2a161df56f2a7fbfb4c335e7d21b7b45bd937336439d9',
    243,
    56,
    213,
  ],
  'small-python/set_or_string@1': [
    '066a578bfa778d5054f53d56cb55c8c77fb1ca26f00d1d38df10871703d094dc',
    275,
    59,
    178,
  ],
  'small-python/single_double_quote@1': [
    '11a04ec46f2745d9feeb59fc53c0e1a6b32a6cc5b382bf2036b15c7cbb1dff9e',
    272,
    62,
    178,
  ],
  'small-python/var_swap@1': [
    '7da001a0e8fe4d551b0df8dc1bc636d8bdb021791bbe54df72a9d21103d51d91',
    239,
    63,
    210,
  ],
  'small-python/while_return_true@1': [
    'c94836b900d37b92f9637b79464090b3579a5dc4c24b9f159a8331d73a61a4d1',
    253,
    52,
    207,
  ],
  'small-python/with_as@1': [
    'af6b2f9edd5342819b80eca71dacf700c89407693ad20314e13921301261c5d5',
    261,
    46,
    205,
  ],
}
